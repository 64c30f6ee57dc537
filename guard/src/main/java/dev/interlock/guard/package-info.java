/** A machine in front of the tools of an agent that keeps its own loop. */
@NullMarked
package dev.interlock.guard;

import org.jspecify.annotations.NullMarked;
