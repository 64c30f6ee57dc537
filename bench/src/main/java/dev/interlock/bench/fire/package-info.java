/** The local engine among models, tools and people that do everything wrong at the same time. */
@NullMarked
package dev.interlock.bench.fire;

import org.jspecify.annotations.NullMarked;
