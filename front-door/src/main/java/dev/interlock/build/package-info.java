/**
 * Machines written in Java: the same keys as in {@code machine.yaml}, the same tree, the same
 * identity. {@link dev.interlock.build.MachineBuilder} is where to begin.
 */
@NullMarked
package dev.interlock.build;

import org.jspecify.annotations.NullMarked;
