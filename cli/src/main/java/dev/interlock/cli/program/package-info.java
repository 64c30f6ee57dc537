/** What every command is given, and the options that every command has. */
@NullMarked
package dev.interlock.cli.program;

import org.jspecify.annotations.NullMarked;
