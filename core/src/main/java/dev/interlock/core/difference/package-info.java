/**
 * What one version of a machine allows and refuses that another does not: {@link
 * dev.interlock.core.difference.Difference} says it in words.
 */
@NullMarked
package dev.interlock.core.difference;

import org.jspecify.annotations.NullMarked;
