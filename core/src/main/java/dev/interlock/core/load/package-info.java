/** From text to a machine, or to diagnostics. */
@NullMarked
package dev.interlock.core.load;

import org.jspecify.annotations.NullMarked;
