// The few things of Smart View that the command touches, as their documentation describes them. No vendor's code.
(function (define) {
  'use strict';

  function Deferred() {
    var state = 'pending', value, callbacks = [];
    function settle(next) {
      return function (given) {
        if (state !== 'pending') return self;
        state = next; value = given;
        callbacks.splice(0).forEach(function (callback) { callback(); });
        return self;
      };
    }
    function when(wanted, callback) {
      function run() { if (wanted === 'both' || state === wanted) callback(value); }
      if (state === 'pending') callbacks.push(run); else run();
    }
    var promise = {
      done: function (f) { when('resolved', f); return promise; },
      fail: function (f) { when('rejected', f); return promise; },
      always: function (f) { when('both', f); return promise; },
      then: function (yes, no) {
        var next = Deferred();
        when('resolved', function (v) { pass(yes, v, next.resolve); });
        when('rejected', function (v) { if (no) pass(no, v, next.resolve); else next.reject(v); });
        function pass(f, v, settleNext) {
          var out = f ? f(v) : v;
          if (out && out.then) out.then(next.resolve, next.reject); else settleNext(out);
        }
        return next.promise();
      },
      state: function () { return state; }
    };
    var self = Object.assign({}, promise, {
      resolve: settle('resolved'), reject: settle('rejected'), promise: function () { return promise; }
    });
    return self;
  }

  function whenAll() {
    var all = Deferred(), left = arguments.length;
    if (!left) all.resolve();
    Array.prototype.forEach.call(arguments, function (one) {
      one.then(function () { left -= 1; if (!left) all.resolve(); }, all.reject);
    });
    return all.promise();
  }

  define('csui/lib/jquery', [], function () { return { Deferred: Deferred, when: whenAll }; });

  define('csui/models/command', [], function () {
    function Command(attributes) { this.attributes = Object.assign({}, this.defaults, attributes); }
    Command.prototype.get = function (name) { return this.attributes[name]; };
    Command.extend = function (members) {
      function Child() { Command.apply(this, arguments); }
      Child.prototype = Object.assign(Object.create(Command.prototype), members);
      return Child;
    };
    return Command;
  });

  define('csui/utils/commandhelper', [], function () {
    return { getJustOneNode: function (status) { return status.nodes.length === 1 ? status.nodes[0] : undefined; } };
  });

  define('csui/controls/globalmessage/globalmessage', [], function () {
    return {
      showMessage: function (kind, text) {
        var bar = document.getElementById('message');
        bar.dataset.kind = kind;
        bar.dataset.count = Number(bar.dataset.count || 0) + 1;
        bar.innerHTML = text; // as careless as a message bar could be
      }
    };
  });

  // A connector: calls with the session's ticket, and keeps the ticket that an answer renews.
  window.makeConnector = function (url, ticket) {
    var connector = {
      connection: { url: url, session: { ticket: ticket } },
      extendAjaxOptions: function (options) {
        return Object.assign({}, options, { headers: { OTCSTicket: connector.connection.session.ticket } });
      },
      makeAjaxCall: function (options) {
        var done = Deferred();
        fetch(options.url, { method: options.type, headers: options.headers }).then(function (response) {
          var renewed = response.headers.get('OTCSTicket');
          if (renewed) connector.connection.session.ticket = renewed;
          return response.ok ? response.json().then(done.resolve) : done.reject(response.status);
        }, done.reject);
        return done.promise();
      }
    };
    return connector;
  };

  window.makeNode = function (attributes, connector) {
    return { connector: connector, get: function (name) { return attributes[name]; } };
  };
})(window.csui.define);
