/** The demonstration: the example of password resets and device access, told as a story. */
@NullMarked
package dev.interlock.cli.demo;

import org.jspecify.annotations.NullMarked;
