/** What happened, what the core concludes of it, and what the engine must do. */
@NullMarked
package dev.interlock.core.decide;

import org.jspecify.annotations.NullMarked;
