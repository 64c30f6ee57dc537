@NullMarked
package dev.interlock.postgres;

import org.jspecify.annotations.NullMarked;
