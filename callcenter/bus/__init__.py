"""The bus: facts to whoever subscribes, commands to the bridge, answers back; over MQTT or in memory."""
