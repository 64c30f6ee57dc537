/** Tests of scenarios. */
@NullMarked
package dev.interlock.testkit.scenario;

import org.jspecify.annotations.NullMarked;
