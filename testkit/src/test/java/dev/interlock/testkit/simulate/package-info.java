/** Tests of simulations. */
@NullMarked
package dev.interlock.testkit.simulate;

import org.jspecify.annotations.NullMarked;
