@NullMarked
package dev.interlock.temporal;

import org.jspecify.annotations.NullMarked;
