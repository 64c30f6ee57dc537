/** Commands about a machine folder itself. */
@NullMarked
package dev.interlock.cli.folder;

import org.jspecify.annotations.NullMarked;
