/** The local engine with more to do than it can. */
@NullMarked
package dev.interlock.bench.overload;

import org.jspecify.annotations.NullMarked;
