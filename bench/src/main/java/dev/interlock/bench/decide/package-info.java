/** What a decision costs, measured with JMH. */
@NullMarked
package dev.interlock.bench.decide;

import org.jspecify.annotations.NullMarked;
