/**
 * Many runs of a machine against people, models and tools that are modelled, in virtual time.
 *
 * <p>A {@link Simulation} is a machine, a seed and a number of runs. Each run draws from a
 * generator made of the seed and its number, and what is counted of it does not depend on when it
 * was played: the same seed gives the same report, whatever the number of threads. {@code
 * docs/VERIFY.md} says what each {@link Profile} does, and what is not modelled.
 */
@NullMarked
package dev.interlock.testkit.simulate;

import org.jspecify.annotations.NullMarked;
