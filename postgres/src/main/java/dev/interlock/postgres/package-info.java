/** The store on PostgreSQL: many hosts write to it at once. */
@NullMarked
package dev.interlock.postgres;

import org.jspecify.annotations.NullMarked;
