// A browse table's toolbar, wired from the module's own registration: its tool items, its commands.
(function (require) {
  'use strict';
  var connector, nodes = [], buttons = {};

  function extensions(registration, point) {
    return [].concat.apply([], Object.values((registration[point] || { extensions: {} }).extensions));
  }

  function status() { return { nodes: nodes, originatingView: {}, container: null }; }

  function render(commands, items) {
    items.forEach(function (item) {
      var command = commands.filter(function (one) { return one.get('signature') === item.signature; })[0];
      var button = document.createElement('button');
      button.textContent = item.name;
      button.onclick = function () {
        button.dataset.state = 'running';
        command.execute(status()).then(
          function () { button.dataset.state = 'done'; }, function () { button.dataset.state = 'failed'; }
        );
      };
      buttons[item.signature] = { button: button, command: command };
      document.getElementById('toolbar').appendChild(button);
    });
  }

  window.select = function (rows) {
    nodes = rows.map(function (row) { return window.makeNode(row, connector); });
    Object.values(buttons).forEach(function (one) { one.button.disabled = !one.command.enabled(status()); });
  };

  window.open_shell = function (registration, ticket) {
    connector = window.makeConnector(location.origin + '/cs/cs/api/v1', ticket);
    window.connector = connector;
    return new Promise(function (resolve) {
      require(extensions(registration, 'csui/utils/commands'), function () {
        var commands = Array.prototype.map.call(arguments, function (Command) { return new Command(); });
        require(extensions(registration, 'csui/widgets/nodestable/toolbaritems'), function (bar) {
          render(commands, bar.otherToolbar);
          window.select([]);
          resolve();
        });
      });
    });
  };
})(window.csui.require);
