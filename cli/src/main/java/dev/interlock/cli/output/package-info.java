/** Where the program writes, and whether somebody looks at it. */
@NullMarked
package dev.interlock.cli.output;

import org.jspecify.annotations.NullMarked;
