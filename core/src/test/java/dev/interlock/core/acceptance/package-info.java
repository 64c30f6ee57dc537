/**
 * DESIGN section 3 as cases kept as data ({@code src/test/resources/acceptance}), and what plays
 * them.
 */
@NullMarked
package dev.interlock.core.acceptance;

import org.jspecify.annotations.NullMarked;
