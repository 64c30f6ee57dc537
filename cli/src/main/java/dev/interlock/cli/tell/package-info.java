/** What instances and journals look like to people and programs. Pure. */
@NullMarked
package dev.interlock.cli.tell;

import org.jspecify.annotations.NullMarked;
