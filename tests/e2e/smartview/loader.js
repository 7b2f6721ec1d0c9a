// A loader as small as the test needs: named AMD modules, `require` as a dependency, the i18n! plugin. Kept in `csui`,
// where Smart View keeps its own.
(function () {
  'use strict';
  var waiting = {}, made = {};

  function define(name, dependencies, factory) {
    if (!Array.isArray(dependencies)) { factory = dependencies; dependencies = []; }
    waiting[name] = { dependencies: dependencies, factory: factory };
  }

  function translated(name) {
    var languages = load(name), folder = name.replace(/[^/]+$/, ''), last = name.slice(folder.length);
    var language = document.documentElement.lang;
    var texts = load(folder + 'root/' + last);
    return languages[language] ? Object.assign({}, texts, load(folder + language + '/' + last)) : texts;
  }

  function load(name) {
    if (name === 'require') return require;
    if (name.indexOf('i18n!') === 0) return translated(name.slice(5));
    if (!(name in made)) {
      if (!waiting[name]) throw new Error('no module ' + name);
      var factory = waiting[name].factory;
      made[name] = typeof factory === 'function' ? factory.apply(null, waiting[name].dependencies.map(load)) : factory;
    }
    return made[name];
  }

  function require(names, done) {
    setTimeout(function () { done.apply(null, names.map(load)); }, 0);
  }

  window.csui = { define: define, require: require };
})();
