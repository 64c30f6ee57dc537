/** Tools and models: what carries out the calls and asks the questions. */
@NullMarked
package dev.interlock.agent;

import org.jspecify.annotations.NullMarked;
