@NullMarked
package dev.interlock.engine.verify;

import org.jspecify.annotations.NullMarked;
