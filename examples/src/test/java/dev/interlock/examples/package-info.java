/** Tests of the example folders. */
@NullMarked
package dev.interlock.examples;

import org.jspecify.annotations.NullMarked;
