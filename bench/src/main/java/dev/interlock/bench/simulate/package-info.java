/** How fast machines are played many times. */
@NullMarked
package dev.interlock.bench.simulate;

import org.jspecify.annotations.NullMarked;
