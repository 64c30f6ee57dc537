/** Commands that change an instance. */
@NullMarked
package dev.interlock.cli.act;

import org.jspecify.annotations.NullMarked;
