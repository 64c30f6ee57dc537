/** Commands that look and change nothing. */
@NullMarked
package dev.interlock.cli.read;

import org.jspecify.annotations.NullMarked;
