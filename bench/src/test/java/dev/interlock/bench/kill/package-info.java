/** Tests of the kills, and of what looks at them. */
@NullMarked
package dev.interlock.bench.kill;

import org.jspecify.annotations.NullMarked;
