/** Tests of a machine with JUnit: a scripted model, a manual clock, tools in memory, assertions. */
@NullMarked
package dev.interlock.testkit.junit;

import org.jspecify.annotations.NullMarked;
