/** What engines do, as meters; needs Micrometer on the class path. */
@NullMarked
package dev.interlock.metrics;

import org.jspecify.annotations.NullMarked;
