/** Tests of Anthropic's models. */
@NullMarked
package dev.interlock.anthropic;

import org.jspecify.annotations.NullMarked;
