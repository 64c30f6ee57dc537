/**
 * Engines are killed with SIGKILL while people, timers and tools keep them busy; then everything
 * that was promised is looked for. {@link dev.interlock.bench.kill.Kill} says which faults are
 * allowed and what a seed repeats.
 */
@NullMarked
package dev.interlock.bench.kill;

import org.jspecify.annotations.NullMarked;
