/** Tests that walk over machines, and that show the walks to bite. */
@NullMarked
package dev.interlock.testkit.walk;

import org.jspecify.annotations.NullMarked;
