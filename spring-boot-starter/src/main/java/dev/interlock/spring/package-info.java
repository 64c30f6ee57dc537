/** Interlock as a bean of a Spring Boot application. */
@NullMarked
package dev.interlock.spring;

import org.jspecify.annotations.NullMarked;
