/** Tests of tools, models and desks. */
@NullMarked
package dev.interlock.agent;

import org.jspecify.annotations.NullMarked;
