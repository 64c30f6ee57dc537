/** LangChain4j's models, held to the contract of models. */
@NullMarked
package dev.interlock.testkit.model;

import org.jspecify.annotations.NullMarked;
