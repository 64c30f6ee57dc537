/** The {@code interlock} program. */
@NullMarked
package dev.interlock.cli;

import org.jspecify.annotations.NullMarked;
