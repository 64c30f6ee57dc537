/** Making a machine folder to begin with. */
@NullMarked
package dev.interlock.cli.create;

import org.jspecify.annotations.NullMarked;
