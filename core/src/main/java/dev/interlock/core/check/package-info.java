/**
 * What can be said of a machine before it runs: {@link dev.interlock.core.check.MachineCheck}
 * explores it against an adversary, by the machine's own expressions over a few values that stand
 * for all ({@code Samples}), and tells what no run and every run does.
 */
@NullMarked
package dev.interlock.core.check;

import org.jspecify.annotations.NullMarked;
