/**
 * Random walks: hostile models, users and tools propose anything in any order, and after each step
 * the promises are checked from the journal alone.
 *
 * <h2>What is deterministic</h2>
 *
 * <p>Everything. A {@link Walk} is a machine, a seed and a number of steps; each step draws from a
 * generator made of the seed and the step's number, so that leaving a step out leaves the others
 * what they are. No clock, thread, hash order or file takes part. The same seed gives the same
 * journal.
 *
 * <h2>How it gets anywhere</h2>
 *
 * <p>The adversary knows machine and instance, and uses it. It says words and numbers that stand in
 * the machine's expressions and in the facts ({@link dev.interlock.testkit.cast.Words}). Every
 * other walk, by its seed, is patient: it slips seldom, does mostly what the instance waits for,
 * and of several things does the one that leads furthest ({@link
 * dev.interlock.testkit.cast.Foresight}); the others are wild. A machine that nobody wrote ({@link
 * Generated}) is drawn from a seed of its own.
 *
 * <h2>Which faults are injected</h2>
 *
 * <ul>
 *   <li>by the model: text, no text, replies cut off or declined, malformed or mistyped arguments,
 *       tools of other states, unknown tools, two calls of one id, arguments that only the machine
 *       fills, values for fields it may not record, more calls than allowed;
 *   <li>by people: messages at any time and by anybody, ids used before, events declared or not,
 *       answers with a wrong number or hash, by somebody without the role, by the caller itself,
 *       twice, or too late; resumptions, resolutions and cancellations by anybody;
 *   <li>by tools: results that fit, that do not, failures, silence, drift, answers that come late,
 *       twice, or to a call that was never made;
 *   <li>by the engine: timers that are reported late, twice, or that nobody set; a crash between
 *       any two steps, after which the instance is folded anew.
 * </ul>
 *
 * <p>Not injected: a journal that was changed, a tool server that lies about its effects, two
 * engines that own one journal.
 *
 * <h2>How to reproduce</h2>
 *
 * <p>A failure names its seed, and the steps that are left after shrinking. Run the test again with
 * {@code -Dinterlock.walk.seed=SEED} to walk that seed only; {@code -Dinterlock.walk.seeds=N} walks
 * more of them than the build does. Over machines that nobody wrote the properties are {@code
 * interlock.walk.machine} and {@code interlock.walk.machines}.
 */
@NullMarked
package dev.interlock.testkit.walk;

import org.jspecify.annotations.NullMarked;
