/** Commands that keep the store itself: copies of it, and what goes out of it for good. */
@NullMarked
package dev.interlock.cli.keep;

import org.jspecify.annotations.NullMarked;
