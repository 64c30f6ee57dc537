/** Scenarios: the tests that a machine's author writes, read, run and explained. */
@NullMarked
package dev.interlock.testkit.scenario;

import org.jspecify.annotations.NullMarked;
