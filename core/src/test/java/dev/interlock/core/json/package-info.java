/** JSON from outside, and back. */
@NullMarked
package dev.interlock.core.json;

import org.jspecify.annotations.NullMarked;
