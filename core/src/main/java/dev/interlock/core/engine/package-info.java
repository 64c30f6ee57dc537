/** The ports of an engine and of where tools are. */
@NullMarked
package dev.interlock.core.engine;

import org.jspecify.annotations.NullMarked;
