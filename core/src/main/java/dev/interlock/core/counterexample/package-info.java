/** Runs that a check only thinks of, played by {@code decide}: then they are so. */
@NullMarked
package dev.interlock.core.counterexample;

import org.jspecify.annotations.NullMarked;
