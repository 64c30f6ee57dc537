/** Commands that keep an engine running. */
@NullMarked
package dev.interlock.cli.run;

import org.jspecify.annotations.NullMarked;
