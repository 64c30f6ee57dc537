/** An instance, and the folding of outcomes into it. */
@NullMarked
package dev.interlock.core.evolve;

import org.jspecify.annotations.NullMarked;
