/** Entries, replay, and the port to where they lie. */
@NullMarked
package dev.interlock.core.journal;

import org.jspecify.annotations.NullMarked;
