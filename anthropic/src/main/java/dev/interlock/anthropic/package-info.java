/** The model port through Anthropic's own SDK. */
@NullMarked
package dev.interlock.anthropic;

import org.jspecify.annotations.NullMarked;
