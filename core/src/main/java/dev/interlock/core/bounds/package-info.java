/**
 * The most that a run takes of everything: {@link dev.interlock.core.bounds.Bounds} reads it off
 * the ways and limits of a machine.
 */
@NullMarked
package dev.interlock.core.bounds;

import org.jspecify.annotations.NullMarked;
