/** Tests of the journal's codec and chain. */
@NullMarked
package dev.interlock.core.journal;

import org.jspecify.annotations.NullMarked;
