/** What every engine does alike, whatever carries its instances through time. */
@NullMarked
package dev.interlock.engine;

import org.jspecify.annotations.NullMarked;
