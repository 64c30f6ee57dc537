/**
 * Machines so small that all of their runs can be walked, and whoever walks them: by {@code decide}
 * alone, without a look at {@code core.check}.
 */
@NullMarked
package dev.interlock.testkit.brute;

import org.jspecify.annotations.NullMarked;
